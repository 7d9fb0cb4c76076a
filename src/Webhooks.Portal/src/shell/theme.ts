import { readableOn, textOn } from './color.ts';
import type { Theme } from './entry.ts';

// The backgrounds of theme.css that the accent is written on.
const lightBackground = '#f6f7f9';
const darkBackground = '#22262e';

/** Makes the page light or dark and gives it the host product's accent, as far as that can be read. */
export function applyTheme(root: HTMLElement, theme: Theme, accent: string | undefined): void {
  root.style.colorScheme = theme === 'system' ? 'light dark' : theme;
  if (accent !== undefined) {
    const light = readableOn(lightBackground, accent);
    const dark = readableOn(darkBackground, accent);
    root.style.setProperty('--accent', `light-dark(${light}, ${dark})`);
    root.style.setProperty('--on-accent', `light-dark(${textOn(light)}, ${textOn(dark)})`);
  }
}

const prefersDark = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now. */
export function isDark(root: HTMLElement): boolean {
  return root.style.colorScheme === 'dark' || (root.style.colorScheme !== 'light' && prefersDark().matches);
}

/** Makes a light page dark and a dark one light, as long as it is open. */
export function switchTheme(root: HTMLElement): void {
  root.style.colorScheme = isDark(root) ? 'light' : 'dark';
}

/** Calls when the page becomes light or dark; answers how to stop that. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['style'] });
  const system = prefersDark();
  system.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', listener);
  };
}
