using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Webhooks.Core.Tests.Sending;

/// <summary>A certificate authority that only the senders know which are told of its root.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Webhooks test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Root = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    /// <summary>What to trust.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>A certificate that its holder signed itself, for 127.0.0.1.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Usable(NewRequest(key, IPAddress.Loopback).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1)));
    }

    /// <summary>A server's certificate.</summary>
    /// <param name="address">Whom it is for; by default 127.0.0.1.</param>
    /// <param name="end">When it expires; by default tomorrow.</param>
    /// <param name="usage">An object identifier of what it may be used for; by default anything.</param>
    /// <param name="issuerUrl">Where to fetch its issuer and its status (RFC 5280, 4.2.2.1).</param>
    public X509Certificate2 Issue(IPAddress? address = null, DateTimeOffset? end = null, string? usage = null, string? issuerUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = NewRequest(key, address ?? IPAddress.Loopback);
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        if (issuerUrl is not null)
        {
            request.CertificateExtensions.Add(
                new X509AuthorityInformationAccessExtension([$"{issuerUrl}/ocsp"], [$"{issuerUrl}/issuer.cer"]));
        }

        var serialNumber = RandomNumberGenerator.GetBytes(8);
        using var certificate = request.Create(Root, Now.AddMonths(-1), end ?? Now.AddDays(1), serialNumber);
        return Usable(certificate.CopyWithPrivateKey(key));
    }

    public void Dispose()
    {
        Root.Dispose();
        _key.Dispose();
    }

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    private static CertificateRequest NewRequest(ECDsa key, IPAddress address)
    {
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    /// <summary>Not every platform's TLS takes a certificate whose key was never stored.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
