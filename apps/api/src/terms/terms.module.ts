import { Module } from '@nestjs/common';
import { AgreementsController } from './agreements.controller.js';
import { InstructorsController } from './instructors.controller.js';
import { NoticesController } from './notices.controller.js';
import { PolicyController } from './policy.controller.js';

/** The routes of what was agreed with a tenant. */
@Module({
  controllers: [AgreementsController, InstructorsController, NoticesController, PolicyController],
})
export class TermsRoutesModule {}
