namespace Webhooks.Core.Tests.Secrets;

/// <summary>A version of the secret in <see cref="VaultServer"/>.</summary>
internal sealed class VaultVersion(string name, string value, DateTimeOffset createdOn)
{
    public string Name { get; } = name;

    public string Value { get; } = value;

    public DateTimeOffset CreatedOn { get; } = createdOn;

    public bool IsEnabled { get; set; } = true;

    public byte[] Bytes => Convert.FromBase64String(Value);
}
