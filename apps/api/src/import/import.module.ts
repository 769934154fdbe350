import { Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { StillGranted } from '../auth/still-granted.js';
import { ImportController } from './import.controller.js';
import { ImportLimits } from './import-limits.js';
import { ImportStream } from './import-stream.js';

/** The route of imports. */
@Module({
  imports: [SubjectsRoom],
  controllers: [ImportController],
  providers: [ImportStream, ImportLimits, StillGranted],
})
export class ImportModule {}
