import { once } from 'node:events';
import { findFree } from '../../../local/ports.mjs';
import { inBench, start, stop } from '../processes/children.mjs';

/** A receiver of its own kind, from sinks/. */
export class Sink {
  #port;
  #child;

  static async start(script) {
    const sink = new Sink();
    sink.#port = await findFree();
    sink.#child = start(process.execPath, [inBench(`sinks/${script}`), String(sink.#port)]);
    await Promise.race([
      once(sink.#child.stdout, 'data'),
      sink.#child.ended.then((outcome) => Promise.reject(new Error(`${script} ended with ${outcome}`))),
    ]);
    return sink;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  stop() {
    return stop(this.#child);
  }
}
