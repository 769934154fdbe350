import { ApiProperty } from '@nestjs/swagger';
import { ELEMENT_CODES } from '@personr/law';
import { ArrayMaxSize, ArrayMinSize, IsArray, Matches } from 'class-validator';

/** Which elements the order covers. */
export class ScopeBody {
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    minItems: 1,
    maxItems: 100,
    example: ['SELFIE', 'FACE_TEMPLATE'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(/^[A-Z][A-Z0-9_]{0,63}$/, {
    each: true,
    message: 'elements must be names of data elements, in capitals',
  })
  elements!: string[];
}
