import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFree } from '../../../local/ports.mjs';
import { start, stop } from '../processes/children.mjs';
import { untilItAnswers } from './until.mjs';

/** The receiver: reads every request's body and answers 200. */
export class Nginx {
  #port;
  #child;
  #ownRequests = 0;

  static async start(workplace) {
    const nginx = new Nginx();
    const directory = join(workplace, 'nginx');
    const file = join(directory, 'nginx.conf');
    mkdirSync(directory);
    nginx.#port = await findFree();
    writeFileSync(file, configuration(directory, nginx.#port));
    nginx.#child = start('nginx', ['-c', file, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'inherit'] });
    await untilItAnswers('nginx', () => nginx.countRequests());
    return nginx;
  }

  get pid() {
    return this.#child.pid;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The number of requests that it has answered so far, without those of this method. */
  async countRequests() {
    const status = await (await fetch(`${this.origin}/status`)).text();
    this.#ownRequests++;
    return Number(/^ *\d+ +\d+ +(\d+)/m.exec(status)[1]) - this.#ownRequests;
  }

  stop() {
    return stop(this.#child);
  }
}

function configuration(directory, port) {
  return `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr crit;
worker_processes 2;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location = /status { stub_status; }
    location / { return 200; }
  }
}
`;
}
