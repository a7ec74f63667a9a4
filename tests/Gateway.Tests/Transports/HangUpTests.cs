using System.Net;
using System.Net.Sockets;
using OrleansBroker.Gateway.Transports.Epoll;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class HangUpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HasHungUp_OfAClientThatLeavesUnreadBytes_TellsItsEnd(bool isReset)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux alone");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var descriptor = (int)accepted.Handle;
        await client.GetStream().WriteAsync("unread"u8.ToArray(), TestContext.Current.CancellationToken);
        while (accepted.Available == 0)
            await Task.Yield();

        Assert.False(LibC.HasHungUp(descriptor));
        if (isReset)
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        while (!LibC.HasHungUp(descriptor))
            await Task.Yield();

        Assert.True(isReset || accepted.Available == "unread".Length);
    }
}
