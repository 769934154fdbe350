import { Module } from '@nestjs/common';
import { AddRecords } from './add-records.js';
import { AdmitSubject } from './admit-subject.js';
import { FindSubject } from './find-subject.js';
import { ReadInventory } from './read-inventory.js';
import { ReadRecords } from './read-records.js';
import { SealedRecords } from './sealed-records.js';

const USE_CASES = [AddRecords, AdmitSubject, FindSubject, ReadInventory, ReadRecords];

/** Provides what can be done with subjects. */
@Module({ providers: [SealedRecords, ...USE_CASES], exports: USE_CASES })
export class SubjectsModule {}
