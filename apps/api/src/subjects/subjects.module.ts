import { type DynamicModule, Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { ConsentsController } from '../consents/consents.controller.js';
import { DocumentsController } from '../documents/documents.controller.js';
import { UPLOADS, UploadSlots } from '../documents/upload-slots.js';
import { type UploadsConfig } from '../documents/uploads.config.js';
import { ImportModule } from '../import/import.module.js';
import { SubjectsController } from './subjects.controller.js';

/** The routes of subjects. */
@Module({})
export class SubjectsModule {
  static forRoot({ uploads }: { readonly uploads: UploadsConfig }): DynamicModule {
    return {
      module: SubjectsModule,
      imports: [SubjectsRoom, ImportModule],
      controllers: [SubjectsController, ConsentsController, DocumentsController],
      providers: [{ provide: UPLOADS, useValue: uploads }, UploadSlots],
    };
  }
}
