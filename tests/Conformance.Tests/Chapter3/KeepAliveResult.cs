using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <param name="Delay">From the end of 1.5 × keep-alive to the close; null where nothing was closed.</param>
internal sealed record KeepAliveResult(MqttVersion Version, KeepAliveBehaviour Behaviour, int KeepAlive, TimeSpan? Delay, string? Failure)
{
    public override string ToString() =>
        $"{Version} {Behaviour} {KeepAlive} s: {Failure ?? $"closed {Delay!.Value.TotalMilliseconds:F0} ms after 1.5 x keep-alive"}";
}
