using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Reasons;

public sealed class SpecViolationsTests
{
    private static readonly HashSet<string> Statements = [.. ReadStatements("mqtt5.tsv"), .. ReadStatements("mqtt311.tsv")];

    public static TheoryData<SpecViolation> Violations => [.. Enum.GetValues<SpecViolation>().Where(violation => violation != SpecViolation.None)];

    [Theory]
    [MemberData(nameof(Violations))]
    public void Table_Violation_HasReasonCodeStatementAndText(SpecViolation violation)
    {
        Assert.True(SpecViolations.ReasonCodeOf(violation) >= ReasonCode.UnspecifiedError);
        Assert.NotEmpty(SpecViolations.TextOf(violation));
        foreach (var version in Enum.GetValues<ProtocolVersion>())
            AssertStatement(SpecViolations.StatementOf(violation, version));
        Assert.StartsWith("MQTT5", SpecViolations.StatementOf(violation, ProtocolVersion.Mqtt5), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public void Table_Violation_IsProducedByACase(SpecViolation violation) =>
        Assert.Contains(PacketCases.All, packetCase =>
            SpecViolations.IsOfFilter(violation) ? FilterViolations(packetCase.Expected).Contains(violation) : packetCase.Violation == violation);

    [Theory]
    [MemberData(nameof(Violations))]
    public void ReasonCodeOf_Violation_MayStandWhereItIsSent(SpecViolation violation)
    {
        var code = SpecViolations.ReasonCodeOf(violation);
        var (type, sender) = violation switch
        {
            _ when SpecViolations.IsOfFilter(violation) => (PacketType.SubAck, PacketSender.Server),
            >= SpecViolation.ProtocolNameInvalid and <= SpecViolation.ClientIdRequired => (PacketType.ConnAck, PacketSender.Server),
            _ => (PacketType.Disconnect, PacketSender.Server),
        };
        Assert.True(ReasonCodes.IsAllowed(code, type, ProtocolVersion.Mqtt5, sender));
    }

    [Fact]
    public void Table_None_IsSuccessWithoutText()
    {
        Assert.Equal(ReasonCode.Success, SpecViolations.ReasonCodeOf(SpecViolation.None));
        Assert.Empty(SpecViolations.TextOf(SpecViolation.None));
        Assert.Empty(SpecViolations.StatementOf(SpecViolation.None, ProtocolVersion.Mqtt5));
    }

    [Fact]
    public void IsAllowed_PacketsWithoutReasonCode_IsFalse() =>
        Assert.False(ReasonCodes.IsAllowed(ReasonCode.Success, PacketType.Publish, ProtocolVersion.Mqtt5, PacketSender.Client));

    private static void AssertStatement(string statement)
    {
        if (statement.Contains(" section ", StringComparison.Ordinal))
            Assert.Matches("^MQTT(5|311) section [1-4](\\.[0-9]+)+$", statement);
        else
            Assert.Contains(statement, Statements);
    }

    private static IEnumerable<SpecViolation> FilterViolations(object? packet) => packet switch
    {
        SubscribePacket subscribe => subscribe.Requests.Select(request => request.FilterViolation),
        UnsubscribePacket unsubscribe => unsubscribe.Requests.Select(request => request.FilterViolation),
        _ => [],
    };

    private static IEnumerable<string> ReadStatements(string name)
    {
        using var reader = new StreamReader(typeof(SpecViolationsTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]);
    }
}
