import { createInterface } from 'node:readline';
import { start, stop } from './children.mjs';

/** A program that takes JSON commands and answers with JSON messages, one a line. */
export class Member {
  #name;
  #child;
  #replies = new Map();

  /** A worker's progress so far; it tells by itself. */
  progress = { answered: 0, healthyAnswered: 0, lastHealthyAt: 0, failed: 0 };

  /**
   * Starts a program and waits until it is ready.
   *
   * @param {string} name for messages
   * @param {string[]} command the program and its arguments
   * @param {NodeJS.ProcessEnv} env
   */
  static async start(name, [program, ...args], env = process.env) {
    const member = new Member();
    member.#name = name;
    member.#child = start(program, args, { env });
    createInterface({ input: member.#child.stdout }).on('line', (line) => member.#receive(JSON.parse(line)));
    member.#child.ended.then((outcome) => member.#rejectAll(outcome));
    await member.#reply('ready');
    return member;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Has a command done. */
  ask(command, options = {}) {
    const reply = this.#reply(command);
    this.#child.stdin.write(`${JSON.stringify({ command, ...options })}\n`);
    return reply;
  }

  stop() {
    return stop(this.#child, 'SIGKILL');
  }

  #reply(name) {
    return new Promise((resolve, reject) => this.#replies.set(name, { resolve, reject }));
  }

  #receive(message) {
    for (const [name, value] of Object.entries(message)) {
      if (name === 'progress') {
        this.progress = value;
      } else {
        this.#replies.get(name)?.resolve(value);
        this.#replies.delete(name);
      }
    }
  }

  #rejectAll(outcome) {
    for (const { reject } of this.#replies.values()) {
      reject(new Error(`${this.#name} ended with ${outcome}`));
    }
  }
}
