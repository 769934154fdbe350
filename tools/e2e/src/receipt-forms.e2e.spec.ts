import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  hashLeaf,
  openCheckpoint,
  parseTlogProof,
  parseVkey,
  verifyInclusion,
  verifyReceipt,
} from '@personr/proof';
import { tempDirectory } from '@personr/testkit';
import { type Browser, chromium } from 'playwright-core';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
const inBrowser = hasBrowser ? it : it.skip;
const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const SIX = ['receivedAt', 'nature', 'manner', 'answeredAt', 'denialBasis'];

type Receipt = {
  readonly entry: string;
  readonly body: {
    readonly outcome: string;
    readonly request: Record<string, string>;
    readonly answer: Record<string, string | null>;
  };
};

describe('a receipt, in every form', () => {
  let house: House;
  let bank: TestTenant;
  let erased: string;
  let empty: string;
  let kept: string;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    const order = async (subject: object) => {
      const id = idOf(await bank.post('/v1/instructions', aDelete(subject)).expect(202));
      await house.ended(bank, id);
      return id;
    };
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    erased = await order({ externalId: 'cust-1' });
    empty = await order({ externalId: 'nobody' });
    const held = idOf(await bank.post('/v1/subjects', anAdmission('cust-2')).expect(201));
    const hold = { ground: 'EX_LEGAL', citation: '31 CFR 1020.220(a)(3)', endsAt: '2031-11-24T08:00:00Z' };
    await bank.post('/v1/holds', { ...hold, subjectId: held, elements: ['FULL_NAME'] }).expect(201);
    kept = await order({ id: held });
  });

  afterAll(() => house.stop());

  const receiptOf = (id: string, query = '') => bank.get(`/v1/instructions/${id}/receipt${query}`);

  it('R-95: every instruction that has ended has one, with six facts; what was kept says on which basis', async () => {
    for (const [id, outcome] of [
      [erased, 'COMPLETED'],
      [empty, 'CLOSED_NO_DATA'],
      [kept, 'COMPLETED_WITH_EXCEPTIONS'],
    ] as const) {
      const answer = await receiptOf(id).expect(200);
      const { body } = answer.body as Receipt;
      expect(verifyReceipt(answer.text, [bank.vkey])).toMatchObject({ instructionId: id, outcome });
      expect(Object.keys({ ...body.request, ...body.answer })).toEqual(expect.arrayContaining(SIX));
      expect(body.answer.denialBasis).toBe(id === kept ? 'EX_LEGAL' : null);
    }
  });

  it('R-102: is a tlog-proof that a verifier of others takes, by Accept and by link', async () => {
    const { entry } = (await receiptOf(erased).expect(200)).body as Receipt;
    const byAccept = await receiptOf(erased).set('Accept', 'text/plain').expect(200);
    const byLink = await receiptOf(erased, '?format=tlog-proof').expect(200);
    for (const { text, headers } of [byAccept, byLink]) {
      expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', vary: 'Accept' });
      const { index, path, checkpoint } = parseTlogProof(text);
      const { size, root } = openCheckpoint(checkpoint, [parseVkey(bank.vkey)]);
      verifyInclusion(hashLeaf(Buffer.from(entry, 'base64')), { index, size, path }, root);
    }
    await receiptOf(erased, '?format=pdf').expect(400);
    await receiptOf(erased, '?form=html').expect(400);
  });

  it('is a page that loads nothing, runs nothing and says what the JSON says', async () => {
    const { text, headers } = await receiptOf(kept, '?format=html').expect(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private' });
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^ ]+'; base-uri 'none'; form-action 'none'; frame-/,
    );
    expect(text).not.toMatch(/<script|https?:|src=|@import|url\(/);
    for (const fact of ['EX_LEGAL', '2026-11-23T18:04:00.000Z', 'EMAIL', kept, bank.tenantId]) {
      expect(text).toContain(fact);
    }
    expect((await receiptOf(kept).set('Accept', 'text/html').expect(200)).text).toContain(kept);
  });

  inBrowser(
    'is a page that Chromium shows and prints without a complaint, and that gives the JSON back',
    async () => {
      const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
      try {
        const directory = tempDirectory('page');
        for (const id of [erased, empty, kept]) {
          const file = join(directory, `${id}.html`);
          writeFileSync(file, (await receiptOf(id, '?format=html').expect(200)).text);
          const page = await browser.newPage();
          const complaints: string[] = [];
          const asked: string[] = [];
          page.on('console', (message) => complaints.push(message.text()));
          page.on('pageerror', (error) => complaints.push(String(error)));
          page.on('request', (request) => asked.push(request.url()));
          await page.goto(`file://${file}`);
          expect(await page.locator('h1').innerText()).toBe('Receipt: DELETE');
          // The style was let through by its hash.
          const width = "getComputedStyle(document.querySelector('main')).maxWidth";
          expect(await page.evaluate<string>(width)).toBe('736px');
          const overflow = 'document.documentElement.scrollWidth - innerWidth';
          expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
          const coming = page.waitForEvent('download');
          await page.getByRole('link', { name: 'Save the receipt (JSON)' }).click();
          const saved = await (await coming).path();
          expect(verifyReceipt(readFileSync(saved, 'utf8'), [bank.vkey]).instructionId).toBe(id);
          expect((await page.pdf()).length).toBeGreaterThan(1000);
          await page.screenshot({ path: join(directory, `${id}.png`), fullPage: true });
          expect([complaints, asked.filter((url) => !/^(file|data):/.test(url))]).toEqual([[], []]);
          await page.close();
        }
      } finally {
        await browser.close();
      }
    },
  );
});
