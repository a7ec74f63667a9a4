using System.Reflection;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Sessions;

/// <summary>References, grain and silo details in one: every call of the grain fails as it is told to.</summary>
public class Calls : DispatchProxy
{
    private Calls? _shared;
    private Func<int, Exception?> _failure = _ => null;

    public int Count { get; private set; }

    internal static Calls That(Func<int, Exception?> failure) => new() { _failure = failure };

    internal static T Proxy<T>(Calls shared)
        where T : class
    {
        var proxy = Create<T, Calls>();
        ((Calls)(object)proxy)._shared = shared;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "For" => Proxy<ISessionGrain>(_shared!),
        "get_SiloAddress" => SiloAddress.Zero,
        "ConnectAsync" => new ValueTask<ReasonCode>(Next() is { } failure ? Task.FromException<ReasonCode>(failure) : Task.FromResult(ReasonCode.Success)),
        "SubscribeAsync" or "DisconnectAsync" => new ValueTask<bool>(Next() is { } fault ? Task.FromException<bool>(fault) : Task.FromResult(true)),
        "EndedAsync" => new ValueTask(Next() is { } failure ? Task.FromException(failure) : Task.CompletedTask),
        _ => throw new NotSupportedException(targetMethod.Name),
    };

    private Exception? Next() => _shared!._failure(++_shared.Count);
}
