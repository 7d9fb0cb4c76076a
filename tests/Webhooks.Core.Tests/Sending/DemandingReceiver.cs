using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>
/// An https server of Node.js that demands a client certificate. One of .NET will not do: on Linux, it closes the connection without the
/// alert that says why.
/// </summary>
internal sealed class DemandingReceiver : IDisposable
{
    private readonly Process _node;
    private readonly TemporaryDirectory _files;

    private DemandingReceiver(Process node, TemporaryDirectory files, string url)
    {
        _node = node;
        _files = files;
        Url = url;
    }

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url { get; }

    /// <summary>Starts one on a free port of 127.0.0.1.</summary>
    /// <param name="certificate">Its own certificate.</param>
    /// <param name="tls">The only version of TLS that it speaks, as in <c>1.3</c>.</param>
    public static DemandingReceiver Start(X509Certificate2 certificate, string tls)
    {
        const string Script = """
            const [cert, key, version] = process.argv.slice(1);
            const read = require('node:fs').readFileSync;
            const server = require('node:https').createServer(
                { cert: read(cert), key: read(key), minVersion: version, maxVersion: version, requestCert: true, rejectUnauthorized: true },
                (request, response) => response.end());
            server.listen(0, '127.0.0.1', () => console.log(server.address().port));
            """;
        var files = new TemporaryDirectory();
        var certificateFile = Path.Combine(files.Path, "certificate.pem");
        var keyFile = Path.Combine(files.Path, "key.pem");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        using (var key = certificate.GetECDsaPrivateKey()!)
        {
            // Only an encrypted export of a key that was loaded is allowed everywhere; so it makes the way through that one.
            var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1);
            using var copy = ECDsa.Create();
            copy.ImportEncryptedPkcs8PrivateKey("", key.ExportEncryptedPkcs8PrivateKey("", parameters), out _);
            File.WriteAllText(keyFile, copy.ExportPkcs8PrivateKeyPem());
        }

        var start = new ProcessStartInfo("node", ["-e", Script, certificateFile, keyFile, $"TLSv{tls}"]) { RedirectStandardOutput = true };
        var node = Process.Start(start)!;
        return new DemandingReceiver(node, files, $"https://127.0.0.1:{node.StandardOutput.ReadLine()}");
    }

    public void Dispose()
    {
        _node.Kill();
        _node.WaitForExit();
        _node.Dispose();
        _files.Dispose();
    }
}
