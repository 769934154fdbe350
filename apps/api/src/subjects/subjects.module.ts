import { Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { ConsentsController } from '../consents/consents.controller.js';
import { DocumentsController } from '../documents/documents.controller.js';
import { ImportModule } from '../import/import.module.js';
import { SubjectsController } from './subjects.controller.js';

/** The routes of subjects. */
@Module({
  imports: [SubjectsRoom, ImportModule],
  controllers: [SubjectsController, ConsentsController, DocumentsController],
})
export class SubjectsModule {}
