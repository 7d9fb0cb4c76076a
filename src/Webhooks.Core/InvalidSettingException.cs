namespace Webhooks.Core;

/// <summary>
/// The refusal of a setting that cannot be used. Its message is written for the operator: it names the setting and says what to write.
/// </summary>
public sealed class InvalidSettingException : Exception
{
    /// <param name="path">The setting's configuration path, parts separated by colons.</param>
    /// <param name="text">What it was set to.</param>
    /// <param name="advice">What is wrong and what to write.</param>
    public InvalidSettingException(string path, string text, string advice)
        : base($"Setting {EnvironmentName(path)} is '{text}'. {advice}")
    {
    }

    /// <param name="path">The setting's configuration path.</param>
    /// <param name="advice">What is wrong and what to write.</param>
    public InvalidSettingException(string path, string advice)
        : base($"Setting {EnvironmentName(path)}: {advice}")
    {
    }

    private static string EnvironmentName(string path) => path.Replace(":", "__", StringComparison.Ordinal);
}
