import { Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { SubjectsController } from './subjects.controller.js';

/** The routes of subjects. */
@Module({ imports: [SubjectsRoom], controllers: [SubjectsController] })
export class SubjectsModule {}
