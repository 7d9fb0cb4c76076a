import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readNumber } from './files.mjs';
import { findFree, isFree, isListening, keep } from './ports.mjs';
import { end, Failure, isRunningWith, start } from './processes.mjs';

const programs = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', 'azurite', 'dist', 'src');

/** The account that Azurite has, with its key: both are published by Microsoft and the same everywhere. */
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** The signals that end it: on SIGTERM, Azurite writes down what it has in memory. */
const stopSteps = [['SIGTERM', 15], ['SIGKILL', 5]];

/** Azurite, Microsoft's emulator of Azure Storage: its queue service, alone or with blobs and tables, on ports of 127.0.0.1. */
export class Azurite {
  #directory;
  #wantedPort;
  #isWhole;
  #child;

  /**
   * @param {string} directory where it keeps everything; absolute
   * @param {number} port the queue's port; 0 means a free one that stays the same for the directory, as blobs and tables have
   * @param {{ isWhole: boolean }} options whether there are blobs and tables; the queue's data is the same either way
   */
  constructor(directory, port, { isWhole }) {
    this.#directory = directory;
    this.#wantedPort = port;
    this.#isWhole = isWhole;
  }

  name = 'Azurite';

  /** A promise of how the server ended. */
  get ended() {
    return this.#child.ended;
  }

  get log() {
    return join(this.#directory, 'azurite.log');
  }

  /** Starts the server, whatever state the directory was left in. @returns {Promise<string>} its connection string */
  async start(report) {
    if (!existsSync(programs)) {
      throw new Failure('The npm packages are not installed. Run local/install, or ./run, which does it.');
    }

    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    await this.#endLeftover(report);
    report(this.#isWhole ? 'Starting the storage account (Azurite)' : 'Starting the queue (Azurite)');
    const ports = await this.#choosePorts();
    await this.#launch(ports);
    const endpoints = Object.entries(ports).map(([service, port]) => `${service}Endpoint=http://127.0.0.1:${port}/${account};`);
    return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`;
  }

  async stop() {
    if (this.#child && !this.#child.hasEnded()) {
      await end(this.#child.pid, stopSteps);
      await this.#child.ended;
    }

    rmSync(this.#pidFile, { force: true });
  }

  get #pidFile() {
    return join(this.#directory, 'pid');
  }

  /** Stops a server that outlived its supervisor. */
  async #endLeftover(report) {
    const pid = readNumber(this.#pidFile);
    if (isRunningWith(pid, [programs, this.#directory])) {
      report('Stopping the queue of a run that was killed');
      await end(pid, stopSteps);
    }
  }

  async #choosePorts() {
    const queue = await this.#chooseQueuePort();
    return this.#isWhole
      ? { Queue: queue, Blob: await keep(join(this.#directory, 'blob-port')), Table: await keep(join(this.#directory, 'table-port')) }
      : { Queue: queue };
  }

  async #chooseQueuePort() {
    const file = join(this.#directory, 'port');
    const port = this.#wantedPort || readNumber(file) || await findFree();
    if (!await isFree(port)) {
      throw new Failure(`Port ${port}, which the queue is to use, is taken. Choose another: QUEUE_PORT=${port + 1} ./run`);
    }

    writeFileSync(file, String(port));
    return port;
  }

  async #launch(ports) {
    const program = join(programs, this.#isWhole ? 'azurite.js' : 'queue/main.js');
    const listen = Object.entries(ports).flatMap(([service, port]) =>
      [`--${service.toLowerCase()}Host`, '127.0.0.1', `--${service.toLowerCase()}Port`, String(port)]);
    const child = start(process.execPath, [
      ...this.#isWhole ? ['--import', new URL('large-tables.mjs', import.meta.url).href] : [],
      program, ...listen, '--location', this.#directory, '--silent', '--skipApiVersionCheck', '--disableTelemetry',
    ], { logFile: this.log });
    this.#child = child;
    writeFileSync(this.#pidFile, String(child.pid));
    for (const port of Object.values(ports)) {
      while (!await isListening(port)) {
        if (child.hasEnded()) {
          const setting = this.#isWhole ? 'AzureWebJobsStorage' : 'ConnectionStrings__Queues';
          throw new Failure(`Azurite did not start: ${await child.ended}. Its log: ${this.log}. `
            + `To use a storage account of your own, set ${setting}.`);
        }

        await wait(20);
      }
    }
  }
}
