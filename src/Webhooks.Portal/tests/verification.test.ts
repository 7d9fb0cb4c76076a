import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, type Visit, visit } from './browser.ts';
import { startReceiver } from './receiver.ts';

interface Created {
  id: string;
  secret: string;
}

// What would break out of a literal, deceive the eye or be mangled on its way, in every language.
const hostile = {
  quotes: `"'\`\\ """ ''' \${HOME} $(exit 7) %s {0} #{x}`,
  lines: 'one\ntwo\r\n\tthree\u0085\u2028\u2029\ufeff',
  characters: 'Zoë 🦊 \u202egnp\u202c \u00a0',
  number: 12.5,
};

const programs = [
  { name: 'Python', file: 'verify.py', command: ['/usr/bin/python3', 'verify.py'] },
  { name: 'Node.js', file: 'verify.mjs', command: ['node', 'verify.mjs'] },
  { name: 'C#', file: 'verify.cs', command: ['dotnet', 'run', 'verify.cs'] },
  { name: 'Go', file: 'verify.go', command: ['go', 'run', 'verify.go'] },
  { name: 'Shell', file: 'verify.sh', command: ['sh', 'verify.sh'] },
] as const;

const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describeInBrowser('What a delivery is verified with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'webhooks-verify-'));
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let webhook: Created;
  let visited: Visit;

  beforeAll(async () => {
    receiver = await startReceiver();
    webhook = await call<Created>('POST', '/webhooks', {
      url: `${receiver.url}/200`,
      events: ['*'],
      headers: { 'X-Api-Key': 'only the receiver knows' },
    });
    const { id } = await call<{ id: string }>('POST', `/webhooks/${webhook.id}/test`, {
      event: 'invoice.paid',
      data: hostile,
    });
    visited = await visit(`/webhooks/${webhook.id}/deliveries/${id}`);
    await visited.page.getByRole('heading', { name: 'Verify it yourself' }).waitFor();
  });
  afterAll(async () => {
    await visited.close();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a button copies. */
  async function copied(button: string): Promise<string> {
    await visited.page.getByRole('button', { name: button }).click();
    await visited.page.getByRole('button', { name: 'Copied' }).first().waitFor();
    return await visited.page.evaluate(() => navigator.clipboard.readText());
  }

  /** What a program says, line by line; it fails when the program does. */
  async function run(command: readonly string[], secret: string): Promise<string[]> {
    const { stdout } = await promisify(execFile)(command[0] ?? '', command.slice(1), {
      cwd: folder,
      env: { ...process.env, WEBHOOK_SECRET: secret, LC_ALL: 'C.UTF-8' },
    });
    return stdout.trim().split('\n');
  }

  for (const { name, file, command } of programs) {
    it.skipIf(!isThere(command[0]))(`runs as pasted in ${name}, and tells a wrong secret`, async () => {
      await visited.page.getByRole('tab', { name, exact: true }).click();
      writeFileSync(join(folder, file), await copied(`Copy the ${name} program`));

      expect(await run(command, webhook.secret)).toEqual(['webhook-signature: valid', 'X-Webhook-Signature: valid']);
      expect(await run(command, `whsec_${Buffer.from('another').toString('base64')}`)).toEqual([
        'webhook-signature: NOT valid',
        'X-Webhook-Signature: NOT valid',
      ]);
    });
  }

  it('is sent again by the curl command, byte by byte and with the same signatures', async () => {
    await visited.page.getByText('What attempt 1 sent').click();
    await visited.page.getByText('The value of X-Api-Key is not shown. Fill it in.').waitFor();
    await expectAccessible(visited.page);
    const command = await copied('Copy as curl');
    expect(command).not.toContain('only the receiver knows');

    writeFileSync(join(folder, 'again.sh'), command);
    expect(await run(['sh', 'again.sh'], '')).toEqual(['answered with 200']);

    const [first, second] = receiver.received;
    expect(second?.body).toEqual(first?.body);
    for (const header of [
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
      'x-webhook-signature',
      'content-type',
    ]) {
      expect(second?.headers[header]).toBe(first?.headers[header]);
    }
  });

  it('asks the browser for nothing that it refuses', () => expect(visited.complaints).toEqual([]));
});
