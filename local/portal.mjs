// Builds the portal: what npm needs is installed when that has changed, the sources are built, and what browsers read compressed is
// compressed. Called by the build of src/Webhooks.Api when a source has changed, with the portal's folder. What goes wrong is written
// in the form that MSBuild takes for an error.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { readNumber } from './files.mjs';

const folder = path.resolve(process.argv[2]);
const dist = path.join(folder, 'dist');
const page = path.join(dist, 'index.html');
const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const lock = path.join(artifacts, 'portal.lock');

/** What gets smaller. Fonts and most pictures are compressed already, and nobody asks for maps but a developer's tools. */
const compressible = /\.(css|html|js|json|svg|txt|webmanifest)$/;

/** Less is sent in one packet either way. */
const leastBytes = 1024;

process.on('exit', unlock);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(130));
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js ${process.version} is too old to build the portal. Install version 20.19 or later (https://nodejs.org).`);
}

const asked = Date.now();
if (await lockOrWait() || !isBuiltSince(asked)) {
  install();
  npm('The portal was not built; see above. Try it with: npm run build --prefix src/Webhooks.Portal', 'run', 'build');
  if (!existsSync(page)) {
    fail('npm run build has made no dist/index.html: there is no portal to serve.');
  }

  compress();
}

/**
 * Makes this process the only one to build here.
 *
 * @returns {Promise<boolean>} whether it could at once; otherwise another has built meanwhile
 */
async function lockOrWait() {
  mkdirSync(artifacts, { recursive: true });
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
      return waits === 0;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    }

    if (!isAlive(holder())) {
      rmSync(lock, { force: true });
    } else if (waits === 0) {
      console.log('Waiting for another build of the portal ...');
    }

    await sleep(200);
  }
}

function unlock() {
  if (holder() === process.pid) {
    rmSync(lock, { force: true });
  }
}

/** The process that builds here; that which has not written itself down yet is taken for alive. */
function holder() {
  return readNumber(lock) || undefined;
}

function isAlive(pid) {
  try {
    return pid === undefined || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isBuiltSince(time) {
  return existsSync(page) && statSync(page).mtimeMs >= time;
}

/** Installs what package-lock.json says, unless it is there: as local/install does. */
function install() {
  const wanted = readFileSync(path.join(folder, 'package-lock.json'));
  const installed = path.join(folder, 'node_modules', '.installed-package-lock.json');
  if (existsSync(installed) && readFileSync(installed).equals(wanted)) {
    return;
  }

  npm(
    'npm could not install what the portal is built with; see above. It needs the registry that npm is configured for.',
    'ci', '--ignore-scripts', '--loglevel=error');
  mkdirSync(path.dirname(installed), { recursive: true });
  writeFileSync(installed, wanted);
}

function npm(failure, ...options) {
  const { status, stdout, stderr, error } = spawnSync('npm', options, {
    cwd: folder, encoding: 'utf8', shell: process.platform === 'win32',
  });
  if (error?.code === 'ENOENT') {
    fail('npm was not found, and the portal is built with it. Install it; it usually comes with Node.js (https://nodejs.org).');
  }

  if (status !== 0) {
    const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim()).filter((line) => line.length > 0);
    fail(...lines.slice(-20), failure);
  }
}

function compress() {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !compressible.test(entry.name) || statSync(file).size < leastBytes) {
      continue;
    }

    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function fail(...lines) {
  for (const line of lines) {
    console.log(`portal : error : ${line}`);
  }

  process.exit(1);
}
