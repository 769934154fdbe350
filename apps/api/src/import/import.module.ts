import { Module } from '@nestjs/common';
import { SubjectsModule as SubjectsRoom } from '@personr/subjects';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { ImportController } from './import.controller.js';
import { ImportLimits } from './import-limits.js';
import { ImportStream } from './import-stream.js';

/** The route of imports. */
@Module({
  imports: [SubjectsRoom, ExchangeModule],
  controllers: [ImportController],
  providers: [ImportStream, ImportLimits],
})
export class ImportModule {}
