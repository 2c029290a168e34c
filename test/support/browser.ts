// The system's Chromium, if there is one; a test that needs it is skipped otherwise, and the run says so.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const paths = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));

export const CHROMIUM = paths.find((path) => existsSync(path));
if (CHROMIUM === undefined) console.log('skipped: Chromium is not installed, so the page is not tested in a browser');

/** Root has no sandbox. */
export const CHROMIUM_OPTIONS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
