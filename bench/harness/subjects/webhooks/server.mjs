import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFree } from '../../../../local/ports.mjs';
import { inBench, start, stop } from '../../processes/children.mjs';
import { Member } from '../../processes/member.mjs';
import { untilItAnswers } from '../../services/until.mjs';

/** Webhooks.Server as an operator would run it: settings from the environment, its log in a file. */
export class WebhooksServer {
  #child;
  #env;

  /**
   * Starts it and waits until it is ready.
   *
   * @param {string} directory where it was built
   * @param {string} connectionString its database
   * @param {string} workplace where its keys and log are kept
   */
  static async start(directory, connectionString, workplace) {
    const server = new WebhooksServer();
    const port = await findFree();
    server.url = `http://127.0.0.1:${port}`;
    server.#env = {
      ...process.env,
      ConnectionStrings__Webhooks: connectionString,
      ConnectionStrings__Queues: '',
      Webhooks__Auth__DevelopmentKeyFile: join(workplace, 'development.key'),
      Webhooks__Secrets__KeyFile: join(workplace, 'secrets.key'),
      Webhooks__AllowedNetworks: '127.0.0.0/8',
      Webhooks__RequireHttps: 'false',
    };
    const log = openSync(join(workplace, `server-${port}.log`), 'w');
    server.#child = start('dotnet', [join(directory, 'Webhooks.Server.dll'), '--urls', server.url], {
      stdio: ['ignore', log, log],
      env: server.#env,
    });
    closeSync(log);
    await untilItAnswers('Webhooks.Server', () => server.#requireReady());
    return server;
  }

  get pid() {
    return this.#child.pid;
  }

  /** The most memory that it has had in use so far, in bytes. */
  get peakMemory() {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return Number(kilobytes) * 1024;
  }

  /** Starts the program that publishes to it, and that stores backlogs in its database. */
  startLoad() {
    const program = inBench('../artifacts/bin/Webhooks.Load/release/Webhooks.Load.dll');
    return Member.start('Webhooks.Load', ['dotnet', program, this.url], {
      ...this.#env,
      // The leanest way to have many connections: one thread that waits for all of them and does all the work.
      DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS: '1',
      DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT: '1',
    });
  }

  /** Stops it as if it had no processor time; its connections stay. */
  freeze() {
    this.#child.kill('SIGSTOP');
  }

  thaw() {
    this.#child.kill('SIGCONT');
  }

  /** Asks it to stop, and lets it finish what it has under way. */
  stopInOrder() {
    return stop(this.#child, 'SIGTERM');
  }

  async stop() {
    this.thaw();
    await stop(this.#child, 'SIGKILL');
  }

  async #requireReady() {
    const { status } = await fetch(`${this.url}/health/ready`);
    if (status !== 200) {
      throw new Error(`it is not ready (${status})`);
    }
  }
}
