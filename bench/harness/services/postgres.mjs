import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findFree } from '../../../local/ports.mjs';
import { output, start, stop } from '../processes/children.mjs';
import { Database, harnessUser } from './database.mjs';
import { untilItAnswers } from './until.mjs';

/** The database that is there in any case. */
const maintenanceDatabase = 'postgres';
const scenarioDatabase = 'bench';

/** PostgreSQL with its default durability. */
export class Postgres {
  #bin;
  #port;
  #child;

  /** @type {Database} the empty one that each scenario begins with */
  database;

  static async start(workplace) {
    const postgres = new Postgres();
    postgres.#bin = process.env.PG_BIN ?? execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
    postgres.#port = await findFree();
    await postgres.#launch(join(workplace, 'postgres'));
    return postgres;
  }

  get pid() {
    return this.#child.pid;
  }

  get version() {
    return execFileSync(join(this.#bin, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  }

  /** Replaces the database by an empty one, and begins with a clean write-ahead log. */
  async reset() {
    await this.database?.close();
    this.database = await this.create(scenarioDatabase);
  }

  /** Makes an empty database, in the place of one that has its name. @returns {Promise<Database>} */
  async create(name) {
    await this.drop(name);
    await this.#execute(`create database ${name}`, 'checkpoint');
    return Database.connect(this.#port, name);
  }

  drop(name) {
    return this.#execute(`drop database if exists ${name} with (force)`);
  }

  /** Runs pgbench in the database. @returns {Promise<string>} what it printed */
  pgbench(args) {
    return output(join(this.#bin, 'pgbench'), [...args, '-h', '127.0.0.1', '-p', String(this.#port), '-U', harnessUser, scenarioDatabase]);
  }

  async stop() {
    await this.database?.close();
    await stop(this.#child, 'SIGINT');
  }

  async #launch(data) {
    if (process.getuid() === 0) {
      execFileSync('install', ['-d', '-o', 'postgres', '-g', 'postgres', '-m', '700', data]);
    }

    const user = 'postgres';
    await output(join(this.#bin, 'initdb'), ['-D', data, '-U', harnessUser, '--auth=trust', '--encoding=UTF8', '--locale=C'], { user });
    const settings = {
      listen_addresses: '127.0.0.1',
      shared_buffers: '512MB',
      max_connections: 400,
      log_min_messages: 'fatal',
      // Counts only where a database asks for it.
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.track': 'none',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#child = start(
      join(this.#bin, 'postgres'),
      ['-D', data, '-p', String(this.#port), '-k', data, ...args],
      { user, stdio: 'ignore' },
    );
    await untilItAnswers('PostgreSQL', () => this.#execute('select 1'));
  }

  async #execute(...statements) {
    const database = await Database.connect(this.#port, maintenanceDatabase);
    try {
      for (const statement of statements) {
        await database.query(statement);
      }
    } finally {
      await database.close();
    }
  }
}
