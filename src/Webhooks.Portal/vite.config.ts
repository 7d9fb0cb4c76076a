import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the API: a server that ./run has started.
const server = process.env.WEBHOOKS_SERVER ?? 'http://localhost:8084';

export default defineConfig({
  base: '/portal/',
  plugins: [react()],
  build: {
    target: 'es2022',
    // Those that know light-dark(): what is written in its place for older ones does not heed the theme that a link asks for.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // No asset becomes a data: URL, which the Content-Security-Policy has no room for.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What nearly every screen shows comes as one file, and not as a dozen small ones that a screen waits for. Dialogs are larger
          // than all of it, and come with the screens that ask something.
          groups: [
            {
              name: 'shared',
              test: /\/src\/(ui|webhooks)\/(?!\w*(Dialog|Guard|Combobox|CodeField))\w+\.tsx?$/,
              minShareCount: 5,
            },
          ],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/portal/settings.json': server } },
  test: {
    projects: [
      {
        extends: true,
        // They change nothing that they share; a process of its own for each file would take ten times as long as they do.
        test: { name: 'logic', isolate: false, include: ['src/**/*.test.{ts,tsx}'] },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/**/*.test.ts'],
          globalSetup: 'tests/setup.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
