using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class SysTopicTests
{
    [Theory]
    [InlineData("$SYS", true)]
    [InlineData("$SYS/", true)]
    [InlineData("$SYS/broker/uptime", true)]
    [InlineData("$SYS/#", true)]
    [InlineData("$SYS/+/uptime", true)]
    [InlineData("$SYSTEM", false)]
    [InlineData("$SYSTEM/x", false)]
    [InlineData("$SY", false)]
    [InlineData("$sys/x", false)]
    [InlineData("/$SYS", false)]
    [InlineData("#", false)]
    [InlineData("+/broker", false)]
    [InlineData("$share", false)]
    public void IsIn_FirstLevel_Decides(string topic, bool isIn) => Assert.Equal(isIn, SysTopic.IsIn(topic.Utf8()));
}
