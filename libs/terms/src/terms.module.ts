import { Global, Module } from '@nestjs/common';
import { TermsReader } from './terms-reader.js';

/** Provides `TermsReader`. */
@Global()
@Module({ providers: [TermsReader], exports: [TermsReader] })
export class TermsModule {}
