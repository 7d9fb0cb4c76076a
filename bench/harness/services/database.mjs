import pg from 'pg';

/** A superuser of the harness; what is measured may come as another one, so that their statements can be told apart. */
export const harnessUser = 'bench';

/** A database, with a connection of the harness to it. */
export class Database {
  #port;
  #name;
  #client;

  static async connect(port, name) {
    const database = new Database();
    database.#port = port;
    database.#name = name;
    database.#client = new pg.Client({ host: '127.0.0.1', port, user: harnessUser, database: name });
    database.#client.on('error', () => {});
    await database.#client.connect();
    return database;
  }

  /** The URL for clients in Node.js. */
  get url() {
    return `postgres://${harnessUser}@127.0.0.1:${this.#port}/${this.#name}`;
  }

  /** The connection string for clients in .NET. */
  npgsqlConnectionString(user = harnessUser) {
    return `Host=127.0.0.1;Port=${this.#port};Username=${user};Database=${this.#name}`;
  }

  /** Another connection, to do several things at a time. */
  connectAgain() {
    return Database.connect(this.#port, this.#name);
  }

  async query(sql, values) {
    const { rows } = await this.#client.query(sql, values);
    return rows;
  }

  async count(sql, values) {
    const [{ count }] = await this.query(sql, values);
    return Number(count);
  }

  close() {
    return this.#client.end();
  }
}
