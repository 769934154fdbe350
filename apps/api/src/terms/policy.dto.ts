import { ApiProperty } from '@nestjs/swagger';
import { type Json } from '@personr/kernel';
import { IsObject } from 'class-validator';
import { IsJsonValue } from '../http/members.js';
import { POLICY_VALUES } from './policy.view.js';

/** Changes to the policy: the values to change, by their names. The others stay. */
export class PolicyBody {
  @ApiProperty({ ...POLICY_VALUES, example: { consentRequired: true, contractExecutionDays: 14 } })
  @IsObject()
  @IsJsonValue()
  values!: Record<string, Json>;
}
