using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>A function of the app, as the Functions host indexes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">Its method.</param>
public sealed record AppFunction(string Name, MethodInfo Method)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<AppFunction> All { get; } =
    [
        .. from type in typeof(QueueNames).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           select new AppFunction(function.Name, method),
    ];

    public HttpTriggerAttribute? Http => Attribute<HttpTriggerAttribute>();

    public QueueTriggerAttribute? Queue => Attribute<QueueTriggerAttribute>();

    public TimerTriggerAttribute? Timer => Attribute<TimerTriggerAttribute>();

    /// <summary>The attribute that one of its parameters has, or null.</summary>
    public T? Attribute<T>()
        where T : Attribute => Method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).SingleOrDefault(
            attribute => attribute is not null);

    public override string ToString() => Name;
}
