using System.Diagnostics;

namespace OrleansBroker.Durable;

/// <summary>Makes durable sessions with a subscription each, and leaves them.</summary>
internal static class SessionsRun
{
    private const int Clients = 32;

    public static async Task<SessionsResult> RunAsync(DurableOptions options)
    {
        var began = Stopwatch.GetTimestamp();
        var before = ProcessSample.Of(options.Broker, options.Server, 0);
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= options.Sessions;)
            {
                using var socket = await Wire.OpenAsync(options.Port, $"session/{i}");
                await Wire.SendAsync(socket, Wire.Subscribe($"sessions/{i}"));
                await Wire.ExpectAsync(socket, 5, 0x90);
                await Wire.SendAsync(socket, Wire.Disconnect);
            }
        })));
        var after = ProcessSample.Of(options.Broker, options.Server, 0);
        return new SessionsResult(options.Sessions, Stopwatch.GetElapsedTime(began).TotalSeconds, (after.Cpu - before.Cpu).TotalMicroseconds / options.Sessions, after.ResidentBytes / 1e6);
    }
}
