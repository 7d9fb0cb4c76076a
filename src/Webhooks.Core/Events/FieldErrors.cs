namespace Webhooks.Core.Events;

/// <summary>What is wrong with a text, by field, up to where there is enough to say.</summary>
public sealed class FieldErrors
{
    /// <summary>A hostile text can have an error in every byte; nobody reads more than these.</summary>
    private const int Most = 20;

    private readonly Dictionary<string, List<string>> _byField = new(StringComparer.Ordinal);

    /// <summary>The number of errors.</summary>
    public int Count { get; private set; }

    /// <summary>Whether looking for more errors is in vain.</summary>
    public bool IsFull => Count >= Most;

    /// <summary>Adds an error, unless there are enough.</summary>
    /// <param name="field">As in <c>data.items[3].price</c>; empty for the whole text.</param>
    /// <param name="message">A sentence that says what to do.</param>
    public void Add(string field, string message)
    {
        if (IsFull)
        {
            return;
        }

        Count++;
        if (!_byField.TryGetValue(field, out var messages))
        {
            _byField[field] = messages = [];
        }

        messages.Add(message);
    }

    /// <summary>Adds errors that were collected before.</summary>
    public void Add(IReadOnlyDictionary<string, string[]> errors)
    {
        foreach (var (field, messages) in errors)
        {
            Array.ForEach(messages, message => Add(field, message));
        }
    }

    /// <summary>The messages by field.</summary>
    public IReadOnlyDictionary<string, string[]> ToDictionary() =>
        _byField.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal);
}
