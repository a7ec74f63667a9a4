namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class KestrelTransportTests : TcpTransportContract
{
    private protected override bool UsesEpoll => false;
}
