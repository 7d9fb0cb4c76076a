/** A text as it is, which scrolls when it is long. */
export function Code({ label, children }: { label: string; children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="code" aria-label={label} tabIndex={0}>
      <pre>{children}</pre>
    </section>
  );
}
