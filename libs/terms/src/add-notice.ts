import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, newId } from '@personr/kernel';
import {
  assertWithin,
  CATEGORIES,
  type Category,
  isPurpose,
  localDate,
  noticeToAdopt,
  POLICY_DEFAULTS,
  type PurposeCode,
  startOfDay,
} from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { insertNotice, latestNotice } from './notice.repository.js';
import { type NewNotice, type NoticeVersion } from './notice-version.js';
import { type TermsEvent } from './terms.events.js';

const ZONE = POLICY_DEFAULTS.deadlineZone;

/** Puts a version of a tenant's notice on file. */
@Injectable()
export class AddNotice {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the version and its entry in the caller's transaction. It is in force from the beginning of its day,
   * or from now when that day is today; a version that has been in force is never edited, so each is dated after
   * the last, and no further one in the past. Throws `CATEGORY_NOT_IN_NOTICE` and `PURPOSE_NOT_IN_NOTICE` for
   * more than the house announces, `NOTICE_NOT_LATER`.
   */
  async run(tx: TenantTx, caller: Omit<Caller, 'tenantId'>, given: NewNotice): Promise<NoticeVersion> {
    const at = this.clock.now();
    const house = noticeToAdopt(startOfDay(given.version, ZONE) > at ? startOfDay(given.version, ZONE) : at);
    const announced = { categories: lettersOf(given), purposes: purposesOf(given) };
    assertWithin(house, announced);
    const earlier = await latestNotice(tx);
    if (earlier !== null && (given.version <= earlier.version || given.version < localDate(at, ZONE))) {
      throw new DomainError(
        'NOTICE_NOT_LATER',
        'A further version is dated after every earlier one, and not in the past.',
      );
    }
    const notice: NoticeVersion = {
      ...announced,
      id: newId(at),
      version: given.version,
      houseVersion: house.version,
      inForceFrom: beginningOf(given.version, earlier === null ? null : at),
      createdAt: at,
    };
    await insertNotice(tx, notice);
    const event: TermsEvent = {
      event: 'notice.added',
      at,
      ...by({ ...caller, tenantId: tx.tenantId }),
      detail: { noticeId: notice.id, version: notice.version, houseVersion: house.version, ...announced },
    };
    await this.audit.append(tx, event);
    return notice;
  }
}

/** What was written earlier today was written under the version before. */
function beginningOf(version: string, notBefore: Date | null): Date {
  const midnight = startOfDay(version, ZONE);
  return notBefore !== null && midnight < notBefore ? notBefore : midnight;
}

const lettersOf = ({ categories }: NewNotice): Category[] =>
  [...new Set(categories)].map((letter) => {
    if (!Object.hasOwn(CATEGORIES, letter)) {
      throw new DomainError('CATEGORY_NOT_IN_NOTICE', 'A category is one of the letters A to L.');
    }
    return letter as Category;
  });

const purposesOf = ({ purposes }: NewNotice): PurposeCode[] =>
  [...new Set(purposes)].map((purpose) => {
    if (!isPurpose(purpose)) {
      throw new DomainError('PURPOSE_NOT_IN_NOTICE', 'The house announces no such purpose.');
    }
    return purpose;
  });
