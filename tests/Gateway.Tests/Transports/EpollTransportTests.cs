namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class EpollTransportTests : TcpTransportContract
{
    private protected override bool UsesEpoll => true;
}
