import { Global, Module } from '@nestjs/common';
import { InstructionModule } from '@personr/instruction';
import { JwtStrategy } from '../auth/jwt.strategy.js';
import { RefusedCredentials } from '../auth/refused-credentials.js';
import { Refusals } from './refusals.js';

/** Gives every route whoever tells of refusals, and what knows a token. */
@Global()
@Module({
  imports: [InstructionModule],
  providers: [JwtStrategy, RefusedCredentials, Refusals],
  exports: [JwtStrategy, Refusals],
})
export class RefusalsModule {}
