using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// Publishing, and retained messages.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem MessageInvalid = new(
        "message-invalid", StatusCodes.Status400BadRequest, "The message breaks a rule", "The message is one that a client would be refused: its topic, properties, payload or QoS; `detail` says what. It was not published.");

    public static readonly ApiProblem TopicReserved = new(
        "topic-reserved", StatusCodes.Status403Forbidden, "The topic is the broker's own", "Below `$SYS` only the broker publishes, and nobody else clears what is retained there.");

    public static readonly ApiProblem RetainedNotFound = new(
        "retained-not-found", StatusCodes.Status404NotFound, "Nothing is retained there", "The topic has no retained message, or one that has expired.");

    public static readonly ApiProblem MessageTooLarge = new(
        "message-too-large", StatusCodes.Status413PayloadTooLarge, "The message is too large", "The message would make a packet larger than `Broker:Limits:MaxPacketSize`. It was not published.");

    public static readonly ApiProblem QuotaExceeded = new(
        "quota-exceeded", StatusCodes.Status409Conflict, "There is no room for the message", "The retained store is full, or a subscriber's queue is and its policy is to refuse, or the store cannot be reached. Others may have been given the message. What a client is told as 0x97.");

    public static readonly ApiProblem PublishBusy = new(
        "publish-busy", StatusCodes.Status429TooManyRequests, "Too many messages are under way", "Messages of earlier requests to this node are not done yet. Nothing was published. Try again after `retryAfter` seconds.");

    public static readonly ApiProblem PublishUnconfirmed = new(
        "publish-unconfirmed", StatusCodes.Status504GatewayTimeout, "It is not known whether the message is done", "The message may have been published, or may still be: nobody has said in time that it is done. Sent again it may come twice.");
}
