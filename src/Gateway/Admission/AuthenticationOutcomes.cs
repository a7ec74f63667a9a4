namespace OrleansBroker.Gateway.Admission;

/// <summary>What an outcome is on the wire.</summary>
public static class AuthenticationOutcomes
{
    private const byte FirstVersionWithReasonCodes = 5;

    /// <summary>Reason code of CONNACK in 5.0 (section 3.2.2.2), return code in 3.1 and 3.1.1 (section 3.2.2.3). No decision is Unavailable.</summary>
    /// <param name="protocolVersion">3, 4 or 5.</param>
    public static byte ToConnectCode(this AuthenticationOutcome outcome, byte protocolVersion)
    {
        bool isVersion5 = protocolVersion >= FirstVersionWithReasonCodes;
        return outcome switch
        {
            AuthenticationOutcome.Allowed => 0,
            AuthenticationOutcome.BadUserNameOrPassword => isVersion5 ? (byte)0x86 : (byte)4,
            AuthenticationOutcome.NotAuthorized => isVersion5 ? (byte)0x87 : (byte)5,
            _ => isVersion5 ? (byte)0x88 : (byte)3,
        };
    }
}
