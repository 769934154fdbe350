import { Global, Module } from '@nestjs/common';
import { Tide } from './tide.js';
import { TideGate } from './tide.gate.js';

/** Provides `Tide` and `TideGate` everywhere. Needs global providers of `Tenancy`, `Vault`, `KeyStoreTide` and `Clock`. */
@Global()
@Module({ providers: [Tide, TideGate], exports: [Tide, TideGate] })
export class TideModule {}
