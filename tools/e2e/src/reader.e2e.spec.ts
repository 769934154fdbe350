import { existsSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type House, startHouse } from './house.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const hasBrowser = existsSync(CHROMIUM);
const inBrowser = hasBrowser ? it : it.skip;

describe('the reader of the contract', () => {
  let house: House;

  beforeAll(async () => {
    house = await startHouse({ worker: false });
  });

  afterAll(() => house.stop());

  it('is cacheable, may load from its own origin alone, and says without JavaScript where the contract is', async () => {
    const page = await house.http
      .get('/docs')
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers['cache-control']).toBe('public, max-age=3600');
    expect(page.text).toMatch(/<noscript>[^]*<a href="\/openapi\.json">[^]*<\/noscript>/);
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const path of ['/docs', '/openapi.json', '/docs/swagger-ui-bundle.js']) {
      const { headers } = await house.http.get(path).expect(200);
      await house.http
        .get(path)
        .set('If-None-Match', headers.etag ?? '')
        .expect(304);
    }
  });

  describe(hasBrowser ? 'in Chromium' : `in Chromium (skipped: there is none at ${CHROMIUM})`, () => {
    let browser: Browser;
    let origin: string;

    beforeAll(async () => {
      if (!hasBrowser) return;
      await house.api.listen(0, '127.0.0.1');
      origin = `http://127.0.0.1:${(house.api.getHttpServer().address() as AddressInfo).port}`;
      browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    });

    afterAll(async () => {
      if (hasBrowser) await browser.close();
    });

    /** Opens the reader in a window of that width and hands on what it asked for and what it complained of. */
    const open = async (width: number): Promise<{ page: Page; asked: string[]; complaints: string[] }> => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${origin}/docs`);
      await page.getByText('Forward a written instruction').first().waitFor();
      return { page, asked, complaints };
    };

    inBrowser.each([['wide', 1280] as const, ['narrow', 390] as const])(
      'shows every operation in a %s window, asks nobody else, and has nothing to complain of',
      async (name, width) => {
        const { page, asked, complaints } = await open(width);
        const contract = await house.http.get('/openapi.json').expect(200);
        const { paths } = contract.body as { paths: Record<string, object> };
        const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
        expect(await page.locator('.opblock').count()).toBe(operations.length);
        await page.locator('#operations-subjects-admitSubject .opblock-summary').click();
        await page.locator('.opblock.is-open', { hasText: 'cust-4711' }).waitFor();
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
        const directory = process.env.PERSONR_SCREENSHOTS;
        if (directory !== undefined)
          await page.screenshot({ path: `${directory}/docs-${name}.png`, fullPage: true });
        expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))).toEqual([]);
        expect(asked.length).toBeGreaterThan(4);
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    inBrowser('tries an operation out against its own origin', async () => {
      const { page, complaints } = await open(1280);
      await page.getByText('Does the process run?').first().click();
      await page.getByRole('button', { name: 'Try it out' }).click();
      await page.getByRole('button', { name: 'Execute' }).click();
      await page.locator('.live-responses-table').getByText('"LIVE"').first().waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    });
  });
});
