import { Global, Module } from '@nestjs/common';
import { LastMoment } from './last-moment.js';
import { Tide } from './tide.js';
import { TideGate } from './tide.gate.js';

/** Provides `Tide` and `TideGate` everywhere. Needs global providers of `Tenancy`, `Clock` and what the vault's module provides. */
@Global()
@Module({ providers: [LastMoment, Tide, TideGate], exports: [Tide, TideGate] })
export class TideModule {}
