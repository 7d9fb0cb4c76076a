using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Webhooks.Server.Commands;

/// <summary>The place for ASP.NET Core's data protection keys, which keeps none: nothing here is protected with them.</summary>
internal sealed class UnusedKeys : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => [];

    public void StoreElement(XElement element, string friendlyName)
    {
    }
}
