using System.Net;
using System.Net.Sockets;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>What a real port says of its process.</summary>
public sealed class SiloReachTests
{
    [Fact]
    public async Task IsRefused_ProcessHasEnded_IsTrue()
    {
        using var listener = Listen(backlog: 1);
        var silo = AddressOf(listener);
        Assert.False(await IsRefusedAsync(silo));

        listener.Dispose();

        Assert.True(await IsRefusedAsync(silo));
    }

    /// <summary>A process that is frozen, or too slow to accept, and has more connections waiting than its kernel keeps.</summary>
    [Fact]
    public async Task IsRefused_NobodyAccepts_IsFalse()
    {
        using var listener = Listen(backlog: 0);
        Socket[] waiting = [.. Enumerable.Range(0, 8).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        Task[] connecting = [.. waiting.Select(socket => socket.ConnectAsync(listener.LocalEndPoint!))];

        Assert.False(await IsRefusedAsync(AddressOf(listener)));

        Assert.Contains(connecting, static connect => !connect.IsCompleted);
        foreach (var socket in waiting) socket.Dispose();
        await Task.WhenAll(connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static Socket Listen(int backlog)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    private static SiloAddress AddressOf(Socket listener) => SiloAddress.New((IPEndPoint)listener.LocalEndPoint!, 1);

    private static Task<bool> IsRefusedAsync(SiloAddress silo) => SiloReach.IsRefusedAsync(silo, TimeProvider.System);
}
