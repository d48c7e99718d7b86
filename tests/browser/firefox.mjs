// Firefox as Debian ships it (ESR), driven by WebDriver BiDi, which it speaks by itself: no driver beside it. Only
// what pictures and checks need. Run with `--experimental-websocket` where Node.js has no WebSocket yet (20).

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/// What a page may use without a graphics card, and nothing that calls home.
const PREFERENCES = {
  'webgl.force-enabled': true,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'ui.prefersReducedMotion': 1,
};

const READY_MS = 60_000;

async function until(what, test) {
  const begun = Date.now();
  for (;;) {
    const found = await test();
    if (found) return found;
    if (Date.now() - begun > READY_MS) throw new Error(`Firefox: waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/// Starts it. `page(size)` opens a tab that the checks of `checks.mjs` can look into.
export async function openFirefox() {
  const profile = mkdtempSync(path.join(tmpdir(), 'toancanh-firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(path.join(profile, 'user.js'), lines.join('\n'));
  const program = process.env.TOANCANH_FIREFOX ?? '/usr/bin/firefox-esr';
  const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes) => { said += bytes; });
  const end = async () => {
    child.kill();
    await new Promise((resolve) => { child.exitCode === null ? child.once('exit', resolve) : resolve(); });
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    const [, address] = await until('its address', () => said.match(/WebDriver BiDi listening on (ws:\/\/\S+)/));
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error('Firefox: no connection')), { once: true });
    });
    const waiting = new Map();
    let last = 0;
    socket.addEventListener('message', ({ data }) => {
      const { id, type, result, message } = JSON.parse(data);
      const waits = waiting.get(id);
      if (!waits) return;
      waiting.delete(id);
      if (type === 'error') waits.reject(new Error(`Firefox: ${message}`));
      else waits.resolve(result);
    });
    const send = (method, params = {}) => new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
    const { capabilities } = await send('session.new', { capabilities: {} });
    return { version: capabilities.browserVersion, page: (size) => page(send, size), close: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function page(send, [width, height]) {
  const { context } = await send('browsingContext.create', { type: 'tab' });
  await send('browsingContext.setViewport', { context, viewport: { width, height } });
  const evaluate = async (act, argument) => {
    const functionDeclaration = `async (text) => JSON.stringify((await (${act})(JSON.parse(text))) ?? null)`;
    const { type, result, exceptionDetails } = await send('script.callFunction', {
      functionDeclaration,
      awaitPromise: true,
      target: { context },
      arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
    });
    if (type === 'exception') throw new Error(`Firefox: ${exceptionDetails.text}`);
    return JSON.parse(result.value);
  };
  return {
    evaluate,
    goto: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    waitFor: (selector) => until(selector, () => evaluate((selector) => document.querySelector(selector) !== null, selector)),
    async screenshot({ path: file }) {
      const { data } = await send('browsingContext.captureScreenshot', { context });
      writeFileSync(file, Buffer.from(data, 'base64'));
    },
    close: () => send('browsingContext.close', { context }),
  };
}
