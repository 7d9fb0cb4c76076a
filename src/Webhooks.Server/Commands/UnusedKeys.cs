using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Webhooks.Server.Commands;

/// <summary>Keeps ASP.NET Core's data protection keys nowhere: nothing here is protected with them.</summary>
internal sealed class UnusedKeys : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => [];

    public void StoreElement(XElement element, string friendlyName)
    {
    }
}
