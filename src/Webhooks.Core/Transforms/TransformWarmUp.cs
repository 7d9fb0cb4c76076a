namespace Webhooks.Core.Transforms;

/// <summary>
/// A run of a script that uses a little of everything. It compiles the interpreter, which takes many times as long as a script does: the
/// first scripts of a process would otherwise run out of time, or be taken for slow ones.
/// </summary>
internal static class TransformWarmUp
{
    internal static TransformInput Input { get; } = new(
        "user.created", """{"timestamp":"2026-01-01T00:00:00Z","data":{"name":"Ada","tags":["a","b"],"amount":12.5,"nothing":null}}""");

    internal static TransformScript Script { get; } = TransformCompiler.Compile(
        """
        const names = { a: 'first', b: 'second' };
        function handler(webhook) {
          const { data, ...rest } = webhook.payload;
          const counter = { count: 0, next() { return ++this.count; } };
          const tags = (data.tags ?? []).map((tag) => names[tag] || tag).filter((tag) => tag.length > 1).sort();
          let total = 0;
          for (const tag of tags) { total += tag.length * counter.next(); }
          for (let index = 0; index < 3; index++) { total = Math.round(total + index % 2); }
          for (const key in data) { if (data[key] === null) { delete data[key]; } }
          try { JSON.parse('{'); } catch (error) { rest.message = String(error.message); }
          switch (webhook.event) { case 'user.created': rest.kind = 'new'; break; default: rest.kind = 'other'; }
          rest.text = `${data.name.toUpperCase()} ${tags.join(', ')}: ${Number(data.amount).toFixed(2)}`.replace(/\s+/g, ' ').trim();
          rest.at = new Date(rest.timestamp).toISOString();
          rest.keys = Object.keys(data).concat(Object.entries(names).map(([key, value]) => key + value)).slice(0, 4);
          rest.sum = [1, 2, 3].reduce((left, right) => left + right, total);
          rest.copy = JSON.parse(JSON.stringify({ ...data, tags: [...tags], set: [...new Set(tags)].includes('first') }));
          webhook.payload = rest;
          webhook.headers = { 'X-Kind': rest.kind };
          return webhook;
        }
        """,
        out _)!;

    /// <summary>Once within the time that a script may take is enough.</summary>
    public static void Run()
    {
        for (var run = 0; run < TransformLimits.Runs; run++)
        {
            if (TransformRun.Run(Script, Input, TransformLimits.StringCharacters) is not null)
            {
                return;
            }
        }
    }
}
