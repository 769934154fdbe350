import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inventPerson, specimensOf } from '@personr/specimens';
import { tempDirectory } from '@personr/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { dataOf, ExportDesk } from './consumer-package.spec-helper.js';
import { type House, startHouse } from './house.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const inBrowser = existsSync(CHROMIUM) ? describe : describe.skip;
const SENT = ['voice.wav', 'source-of-funds.pdf', 'vaccination.json', 'face-template.bin'];

inBrowser('R-50: the readable page of a package, in Chromium and without a network', () => {
  let house: House;
  let browser: Browser;
  let directory: string;
  let documents: readonly { readonly path: string }[];

  beforeAll(async () => {
    house = await startHouse();
    const desk = await ExportDesk.open(house, await house.onboard('Bank'));
    const person = inventPerson('demo', 3);
    const files = (await specimensOf(person)).filter(({ name }) => SENT.includes(name));
    await desk.admit(person, { files });
    const taken = await desk.exported(person.externalId, 'CONSUMER');
    documents = dataOf(taken).documents;
    directory = tempDirectory('page');
    for (const [path, bytes] of taken) {
      mkdirSync(join(directory, dirname(path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  });

  afterAll(async () => {
    await browser.close();
    await house.stop();
  });

  /** Opens a file of the package in a window of that width and hands on what it complained of and asked the network for. */
  const open = async (name: string, width: number): Promise<{ page: Page; complaints: string[] }> => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
    await page.goto(`file://${join(directory, name)}`);
    return { page, complaints };
  };
  const pictured = async (page: Page, name: string): Promise<void> => {
    const into = process.env.PERSONR_SCREENSHOTS;
    if (into !== undefined) await page.screenshot({ path: join(into, name), fullPage: true });
  };

  it.each([
    ['index.html', 'en', 1280],
    ['index.html', 'en', 390],
    ['index.es.html', 'es', 1280],
  ])(
    '%s in %s is whole in a window of %i pixels, with nothing to complain of',
    async (name, language, width) => {
      const { page, complaints } = await open(name, width);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('h2').count()).toBe(8);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.locator('td, th').count()).toBeGreaterThan(100);
      expect(await page.locator('table:not(:has(caption)), th:not([scope])').count()).toBe(0);
      await pictured(page, `package-${language}-${width}.png`);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('leads to every document, and to the same page in the other language', async () => {
    const { page, complaints } = await open('index.html', 1280);
    const links = await page.evaluate<string[]>(
      '[...document.querySelectorAll(`a[href^="documents/"]`)].map((link) => link.getAttribute("href"))',
    );
    expect(links.sort()).toEqual(documents.map(({ path }) => path).sort());
    expect(documents.length).toBe(3);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('#content');
    const targets = 'document.querySelectorAll("nav a[href^=\'#\']").length';
    expect(await page.evaluate<number>(targets)).toBe(8);
    const dead =
      '[...document.querySelectorAll("a[href^=\'#\']")].filter((a) => !document.querySelector(a.hash)).length';
    expect(await page.evaluate<number>(dead)).toBe(0);
    await page.getByRole('link', { name: 'En español' }).click();
    expect(await page.locator('h1').innerText()).toBe('Su información personal');
    expect(complaints).toEqual([]);
    await page.close();
  });
});
