namespace OrleansBroker.Interop.Tests;

public sealed class MqttNetTcpTests(BrokerFixture broker) : MqttNetTests(broker.Tcp), IClassFixture<BrokerFixture>;
