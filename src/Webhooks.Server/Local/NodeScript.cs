using System.ComponentModel;
using System.Diagnostics;

namespace Webhooks.Server.Local;

/// <summary>A Node.js script of the directory <c>local</c>, which runs programs for as long as its standard input is open.</summary>
internal static class NodeScript
{
    /// <summary>The directory <c>local</c> of the repository that this program was built in.</summary>
    /// <exception cref="LocalServicesException">It is not above this program.</exception>
    public static string Directory
    {
        get
        {
            for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            {
                var scripts = Path.Combine(directory.FullName, "local");
                if (File.Exists(Path.Combine(scripts, "services.mjs")))
                {
                    return scripts;
                }
            }

            throw new LocalServicesException(
                "Local services are for a checkout of the repository: local/services.mjs was not found above this program.");
        }
    }

    /// <summary>Starts a script. It stops what it runs as soon as its standard input is closed, also by the end of this process.</summary>
    /// <exception cref="LocalServicesException">It cannot start.</exception>
    public static Process Start(string name, IEnumerable<string> arguments, Action<ProcessStartInfo> configure)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Directory, name), .. arguments]) { RedirectStandardInput = true };
        configure(start);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new LocalServicesException(
                "Node.js, which runs the local services, was not found. Install version 20.19 or later (https://nodejs.org).");
        }
    }
}
