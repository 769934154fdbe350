import { Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { Idempotency } from '../http/idempotency.js';
import { SubjectsController } from './subjects.controller.js';

/** The routes of subjects. */
@Module({ imports: [SubjectsRoom], controllers: [SubjectsController], providers: [Idempotency] })
export class SubjectsModule {}
