using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>A broker with options of its own, and a folder for what they name. Skips the test where a foreign broker is under test.</summary>
internal sealed class OwnBroker : IAsyncDisposable
{
    private OwnBroker(BrokerProcess process) => Process = process;

    public BrokerProcess Process { get; }

    /// <summary>Where the tests connect: over TCP, or over what <see cref="TestTransport"/> says.</summary>
    public Endpoint Endpoint => TestTransport.Of(Process);

    public Endpoint WebSocket => Process.WebSocket!;

    public static async Task<OwnBroker> StartAsync(params IReadOnlyList<string> settings)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the test sets options of this broker");
        return new OwnBroker(await BrokerProcess.StartAsync([.. TestTransport.Settings, .. settings]));
    }

    public Task<RawClient> ConnectAsync(MqttVersion version) => RawClient.ConnectAsync(Endpoint, version);

    public Task<RawClient> ConnectAsync(ConnectRequest request) => RawClient.ConnectAsync(Endpoint, request);

    /// <summary>Resident memory of the program in bytes.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{Process.ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
